use crate::say::say;
use kurodo_keys::StoredKeyring;

use crate::{
    Outcome,
    cli::KeysCommand,
    home::Home,
    keys::{Keys, Rotated},
};

/// Lists, rotates or reseals the keys.
pub(crate) fn run(command: KeysCommand, home: &Home) -> Outcome {
    let keys = Keys::open(home)?;
    match command {
        KeysCommand::List => list(keys, home),
        KeysCommand::Rotate { accounts } => rotate(keys, home, accounts),
        KeysCommand::Reseal { to_seal_key, to_passphrase_file } => {
            keys.reseal(&home.sealed_by(to_seal_key, to_passphrase_file))?;
            say!("the root key is sealed anew; the next start needs the new seal");
            Ok(())
        }
    }
}

fn list(keys: Keys, home: &Home) -> Outcome {
    let (_store, door) = keys.store(home)?;
    say!("{:<20} versions {}", "root", joined(keys.root.versions()));
    say!("{:<20} wrapped by root {}", "server", keys.server_wrapped_by(home)?);
    for (account, stored) in keys.accounts(&door).list()? {
        say!("{:<20} {}", format!("account {account}"), described(&stored));
    }
    Ok(())
}

fn described(stored: &StoredKeyring) -> String {
    let versions: Vec<u32> = stored.versions().map(|(version, _)| version).collect();
    let parents: std::collections::BTreeSet<u32> = stored.versions().map(|(_, parent)| parent).collect();
    format!("versions {}, wrapped by root {}", joined(versions), joined(parents))
}

fn joined(numbers: impl IntoIterator<Item = u32>) -> String {
    numbers.into_iter().map(|number| number.to_string()).collect::<Vec<_>>().join(", ")
}

fn rotate(keys: Keys, home: &Home, accounts: bool) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let Rotated { version, keyrings } = runtime.block_on(keys.rotate(home, accounts))?;
    say!("the root key is version {version}; the server's key and {keyrings} account keys are wrapped by it");
    Ok(())
}
