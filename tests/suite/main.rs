//! What a user can see of the program.

mod wire;
