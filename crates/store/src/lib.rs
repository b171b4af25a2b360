//! Part of Mission Control.
