//! Skills and the packs that list them.
