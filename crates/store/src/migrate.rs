//! The two engines behind one way of asking.
