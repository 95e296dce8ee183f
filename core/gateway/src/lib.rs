//! Listener, routing and the way of a request from head to response
