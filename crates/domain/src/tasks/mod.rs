//! Tasks: what is to be done, in which order, by whom, and under which gates.
