//! (see issue)
