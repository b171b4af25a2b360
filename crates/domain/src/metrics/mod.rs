//! Figures over time: what was finished, how long it took, what failed, what waits.

mod attention;
mod fleet;
mod model;
mod queries;
mod rules;
pub mod service;

#[cfg(test)]
mod tests;

pub use fleet::{Fleet, fleet};
pub use model::{
    Attention, Bucket, Dashboard, DashboardFilter, Kpis, OverdueTask, PendingApproval, PendingApprovals,
    Point, Range, Series, WipPoint,
};
