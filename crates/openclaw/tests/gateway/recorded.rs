//! Answers that real gateways gave, replayed.
