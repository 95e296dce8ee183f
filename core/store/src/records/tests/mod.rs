mod append;
mod announce;
