//! What Prometheus reads at `/metrics`: counts of the requests of this process, and the state of the installation at the
//! time it asks.

mod requests;
mod scrape;

pub(crate) use requests::Requests;
pub(crate) use scrape::serve;

#[cfg(test)]
mod tests;
