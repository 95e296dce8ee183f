//! Handwritten files stay small enough to be read in one go.

use super::tree::Tree;

/// Lines of a handwritten file; tables are read row by row and may be longer.
const MOST: usize = 600;

pub(crate) fn check(tree: &Tree, complaints: &mut Vec<String>) {
    for file in tree.ending(".rs").chain(tree.ending(".py")) {
        let lines = file.text.lines().count();
        let table = file.path.ends_with("/table.rs");
        if lines > MOST && !table && !file.is_generated() {
            complaints.push(format!("{}: {lines} lines; split it below {MOST}", file.path));
        }
    }
}
