mod append;
