use std::error::Error;

/// What a test or one of its helpers returns.
pub type Outcome<T = ()> = Result<T, Box<dyn Error>>;
