//! Tags: coloured labels of tasks.
