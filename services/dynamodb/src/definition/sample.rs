use super::Definition;

/// A table for tests: its key is `h`, and a global index over `g` has everything.
pub(crate) fn sample() -> Definition {
    let key = |name: &str| serde_json::json!({"hash": {"name": name, "kind": "S"}});
    let throughput = serde_json::json!({"read": 0, "write": 0, "decreases_today": 0});
    let index = serde_json::json!({"number": 0, "name": "index", "global": true, "key": key("g"),
        "projected": "All", "throughput": throughput});
    let whole = serde_json::json!({"id": "id", "contents": 1, "created": 0, "attributes": [], "key": key("h"),
        "on_demand": true, "throughput": throughput, "protected": false, "tags": [], "next_index": 1,
        "indexes": [index]});
    serde_json::from_value(whole).unwrap()
}
