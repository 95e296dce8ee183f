"""`aws configure` profiles: a role that the CLI assumes by itself."""

import json
import subprocess

from conftest import document, statement


def test_a_profile_with_a_role_works_and_stays_within_the_role(root, tmp_path):
    iam = root.client("iam")
    user = root.user(policy=[statement("Allow", "sts:AssumeRole")])
    trust = document(
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": f"arn:aws:iam::{root.account}:root"}}
    )
    role = iam.create_role(RoleName="profile-role", AssumeRolePolicyDocument=trust)["Role"]
    iam.put_role_policy(
        RoleName="profile-role",
        PolicyName="reads",
        PolicyDocument=document(statement("Allow", "iam:GetRole", role["Arn"])),
    )
    config = tmp_path / "config"
    config.write_text(
        f"[profile user]\naws_access_key_id = {user.access_key_id}\naws_secret_access_key = {user.secret}\n"
        f"[profile role]\nrole_arn = {role['Arn']}\nsource_profile = user\nrole_session_name = from-profile\n"
    )
    env = {**user.env(), "AWS_CONFIG_FILE": str(config)}
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        del env[name]

    def aws(*arguments):
        command = ["aws", "--profile", "role", "--output", "json", *arguments]
        return subprocess.run(command, capture_output=True, text=True, env=env, timeout=120)

    who = json.loads(aws("sts", "get-caller-identity").stdout)
    assert who["Arn"] == f"arn:aws:sts::{root.account}:assumed-role/profile-role/from-profile"
    found = json.loads(aws("iam", "get-role", "--role-name", "profile-role").stdout)
    assert found["Role"]["RoleId"] == role["RoleId"]
    denied = aws("iam", "list-users")
    assert "AccessDenied" in denied.stderr and "no identity-based policy allows the iam:ListUsers action" in denied.stderr
