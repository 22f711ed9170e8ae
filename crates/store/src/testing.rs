//! Throw-away stores on both engines for tests.
