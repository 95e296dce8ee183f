// The AWS SDK for JavaScript v3, as an application uses it: a user with a narrow policy, an allowed call and a denied one.
import assert from "node:assert/strict";
import { CreateAccessKeyCommand, CreateUserCommand, GetUserCommand, IAMClient, PutUserPolicyCommand } from "@aws-sdk/client-iam";
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";

const once = { maxAttempts: 1 };
const UserName = `js-${process.pid}`;
const root = new IAMClient(once);
const { User } = await root.send(new CreateUserCommand({ UserName, Tags: [{ Key: "team", Value: "data" }] }));
const PolicyDocument = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "iam:GetUser", Resource: User.Arn }],
});
await root.send(new PutUserPolicyCommand({ UserName, PolicyName: "narrow", PolicyDocument }));
const { AccessKey } = await root.send(new CreateAccessKeyCommand({ UserName }));
const credentials = { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey };

const sts = new STSClient({ ...once, credentials });
assert.equal((await sts.send(new GetCallerIdentityCommand({}))).Arn, User.Arn);

const iam = new IAMClient({ ...once, credentials });
assert.equal((await iam.send(new GetUserCommand({ UserName }))).User.UserId, User.UserId);

const denied = await iam.send(new CreateUserCommand({ UserName: "other" })).catch((error) => error);
assert.equal(denied.name, "AccessDenied");
assert.equal(denied.$metadata.httpStatusCode, 403);
assert.match(denied.message, /is not authorized to perform: iam:CreateUser .* because no identity-based policy allows/);

const RoleArn = `arn:aws:iam::${User.Arn.split(":")[4]}:role/none`;
const none = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: "js" })).catch((error) => error);
assert.equal(none.name, "AccessDenied");

console.log(denied.$metadata.requestId);
