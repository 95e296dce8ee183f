//! The hash-chained trail of decisions and changes
