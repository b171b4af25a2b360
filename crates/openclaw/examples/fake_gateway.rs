//! A gateway in memory for measurements: `fake_gateway PORT TOKEN [MILLISECONDS_PER_ANSWER]`. Prints what it was asked
//! for, once a second while something happens.

use std::time::Duration;

use mc_openclaw::fake::FakeGateway;
use tokio::time::interval;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [port, token, rest @ ..] = arguments.as_slice() else {
        return Err("usage: fake_gateway PORT TOKEN [MILLISECONDS_PER_ANSWER]".into());
    };
    let gateway = FakeGateway::start(([127, 0, 0, 1], port.parse()?).into(), token).await?;
    if let Some(latency) = rest.first() {
        gateway.set_latency(Duration::from_millis(latency.parse()?));
    }
    let mut ticks = interval(Duration::from_secs(1));
    let mut shown = String::new();
    loop {
        ticks.tick().await;
        let line = format!(
            "connections {} agents {} creates {} updates {} files {} patches {} messages {} most at a time {}",
            gateway.open(),
            gateway.agents(),
            gateway.calls("agents.create"),
            gateway.calls("agents.update"),
            gateway.calls("agents.files.set"),
            gateway.calls("config.patch"),
            gateway.calls("chat.send"),
            gateway.most_in_flight(),
        );
        if line != shown {
            println!("{line}");
            shown = line;
        }
    }
}
