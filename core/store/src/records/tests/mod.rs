mod announce;
mod append;
