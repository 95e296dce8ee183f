//! AWS wire protocols: one codec per protocol over described shapes
