//! Structures, unions and enums in Rust.

use std::fmt::Write as _;

use super::{
    model::{End, Model},
    names,
    schemas::end_path,
};
use crate::{
    failure::{Failure, Outcome},
    models::facts::{Reference, Shape},
};

/// One member as Rust sees it.
struct Field {
    /// The name in the facts.
    aws: String,
    /// The name in Rust.
    rust: String,
    /// The type, `Option` included.
    ty: String,
    required: bool,
}

/// The structures at the ends of operations.
pub(crate) fn ends(model: &Model<'_>, end: End) -> Outcome<String> {
    let mut out = String::new();
    for operation in &model.selection.served {
        if model.is_shared(operation, end)? {
            continue;
        }
        let name = format!("{operation}{}", end.word());
        let doc = format!("{} of AWS `{}:{operation}`.", end.word(), model.service.name);
        let fields = match model.end(operation, end)? {
            Some(root) => fields(model, &root.shape)?,
            None => Vec::new(),
        };
        out += &structure(&name, &doc, &end_path(model, operation, end)?, &fields, false);
    }
    Ok(out)
}

/// The other structures and unions.
pub(crate) fn shapes(model: &Model<'_>) -> Outcome<String> {
    let mut out = String::new();
    for name in &model.typed {
        let shape = model.shape(name)?;
        let rust = names::type_name(name);
        if shape.is_enum() {
            continue;
        }
        if let Some(path) = model.service.own_type(name) {
            _ = writeln!(out, "pub use {path} as {rust};\n");
            continue;
        }
        let fields = fields(model, name)?;
        if shape.union || shape.eventstream {
            let doc = format!("AWS `{}` union `{name}`.", model.service.name);
            out += &union(
                &rust,
                &doc,
                &format!("schema::{}", names::constant(name)),
                &fields,
                shape.traits.sensitive,
            );
        } else {
            let doc = format!("AWS `{}` structure `{name}`.", model.service.name);
            out += &structure(
                &rust,
                &doc,
                &format!("schema::{}", names::constant(name)),
                &fields,
                shape.traits.sensitive,
            );
        }
    }
    Ok(out)
}

/// The enums.
pub(crate) fn enums(model: &Model<'_>) -> Outcome<String> {
    let mut out = String::new();
    for name in &model.typed {
        let shape = model.shape(name)?;
        if !shape.is_enum() {
            continue;
        }
        let rust = names::type_name(name);
        _ = write!(
            out,
            "kurodo_wire::words! {{\n    /// AWS `{}` enum `{name}`.\n    pub enum {rust} {{\n",
            model.service.name
        );
        let mut seen = std::collections::BTreeSet::new();
        for word in model.words(name, shape) {
            let variant = names::variant(word);
            if !seen.insert(variant.clone()) {
                return Err(Failure::new(format!("enum {name}: two words would both be `{variant}`")));
            }
            let spellings: Vec<_> = std::iter::once(word).chain(model.spellings(name, word)).collect();
            let spellings: Vec<_> = spellings.into_iter().map(names::literal).collect();
            _ = writeln!(out, "        {variant} = {},", spellings.join(" | "));
        }
        out += "    }\n}\n\n";
    }
    Ok(out)
}

fn fields(model: &Model<'_>, owner: &str) -> Outcome<Vec<Field>> {
    let shape = model.shape(owner)?;
    model
        .members(owner)?
        .iter()
        .map(|(aws, reference)| {
            let required = shape.required.contains(aws);
            if model.streams(reference)? {
                return Ok(Field {
                    aws: aws.clone(),
                    rust: names::field(aws),
                    ty: "Streaming".to_owned(),
                    required: false,
                });
            }
            let plain = member_type(model, owner, reference)?;
            let ty =
                if required || shape.union || shape.eventstream { plain } else { format!("Option<{plain}>") };
            Ok(Field { aws: aws.clone(), rust: names::field(aws), ty, required })
        })
        .collect()
}

fn member_type(model: &Model<'_>, owner: &str, reference: &Reference) -> Outcome<String> {
    let shape = model.shape(&reference.shape)?;
    let sensitive = shape.traits.sensitive || reference.traits.sensitive;
    let plain = type_of(model, reference, shape, sensitive)?;
    let boxed = shape.kind == "structure" && !shape.document && model.recursive(owner, &reference.shape)?;
    Ok(if boxed { format!("Box<{plain}>") } else { plain })
}

fn type_of(model: &Model<'_>, reference: &Reference, shape: &Shape, sensitive: bool) -> Outcome<String> {
    let inner = |reference: &Option<Reference>| match reference {
        Some(reference) => {
            let shape = model.shape(&reference.shape)?;
            type_of(model, reference, shape, shape.traits.sensitive || reference.traits.sensitive)
        }
        None => Err(Failure::new("a list or map does not say of what")),
    };
    Ok(match shape.kind.as_str() {
        "string" | "character" if shape.is_enum() => names::type_name(&reference.shape),
        "string" | "character" if sensitive => "Secret".to_owned(),
        "string" | "character" => "String".to_owned(),
        "boolean" => "bool".to_owned(),
        "integer" => "i32".to_owned(),
        "long" => "i64".to_owned(),
        "float" => "f32".to_owned(),
        "double" => "f64".to_owned(),
        "blob" if sensitive => "SecretBytes".to_owned(),
        "blob" => "Bytes".to_owned(),
        "timestamp" => "Timestamp".to_owned(),
        "list" => format!("Vec<{}>", inner(&shape.member)?),
        "map" => format!("BTreeMap<String, {}>", inner(&shape.value)?),
        "structure" if shape.document => "serde_json::Value".to_owned(),
        "structure" => names::type_name(&reference.shape),
        other => return Err(Failure::new(format!("{}: unknown type {other}", reference.shape))),
    })
}

fn structure(name: &str, doc: &str, schema: &str, fields: &[Field], sensitive: bool) -> String {
    let mut derives = Vec::new();
    if !sensitive {
        derives.push("Debug");
    }
    if fields.iter().all(|field| !field.required) {
        derives.push("Default");
    }
    let mut out = format!("kurodo_wire::shape! {{\n    /// {doc}\n");
    if !derives.is_empty() {
        _ = writeln!(out, "    #[derive({})]", derives.join(", "));
    }
    _ = writeln!(out, "    pub struct {name}: {schema} {{");
    for field in fields {
        _ = writeln!(out, "        {}: {} = {},", field.rust, field.ty, names::literal(&field.aws));
    }
    out += "    }\n}\n\n";
    if sensitive {
        _ = writeln!(out, "kurodo_wire::redacted!({name});\n");
    }
    out
}

fn union(name: &str, doc: &str, schema: &str, fields: &[Field], sensitive: bool) -> String {
    let derive = if sensitive { "" } else { "    #[derive(Debug)]\n" };
    let mut out =
        format!("kurodo_wire::union! {{\n    /// {doc}\n{derive}    pub enum {name}: {schema} {{\n");
    for (at, field) in fields.iter().enumerate() {
        let variant = names::type_name(&field.aws);
        _ = writeln!(out, "        {variant}({}) = {at} {},", field.ty, names::literal(&field.aws));
    }
    out += "    }\n}\n\n";
    if sensitive {
        _ = writeln!(out, "kurodo_wire::redacted!({name});\n");
    }
    out
}
