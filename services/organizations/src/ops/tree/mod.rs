mod describe_organization;
mod list_children;
mod list_parents;
mod list_roots;
