mod announce;
mod append;
mod power;
