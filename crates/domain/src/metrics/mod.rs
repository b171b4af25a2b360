//! Figures over time: what was finished, how long it took, what failed, what waits.

mod model;
mod queries;
mod rules;
pub mod service;

#[cfg(test)]
mod tests;

pub use model::{
    Bucket, Dashboard, DashboardFilter, Kpis, PendingApproval, PendingApprovals, Point, Range, Series,
    WipPoint,
};
