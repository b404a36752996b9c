//! OpenSearch: one node, run from the jars that Maven resolved.

use std::path::PathBuf;
use std::process::Command;

use crate::local::part::Part;
use crate::local::parts::SearchJars;
use crate::paths::Paths;
use crate::stack::Ports;

/// The major versions that a home may have data of, each in a folder of its own.
pub(crate) const MAJORS: [&str; 2] = ["2", "3"];
/// Enough for a few hundred thousand products.
pub(crate) const HEAP: &str = "512m";

/// How its process is recognised.
pub(crate) fn part(ports: Ports, major: &str, paths: &Paths) -> Part {
    Part {
        name: "opensearch",
        port: ports.search,
        port_variable: Ports::SEARCH_VARIABLE,
        marks: [launcher(paths), data(major, paths).display().to_string()],
        ready_url: format!("{}/_cluster/health?wait_for_status=yellow&timeout=1s", ports.search_url()),
    }
}

/// The major version of the jars.
pub(crate) fn major(jars: &SearchJars) -> &'static str {
    jars.version.split_once('.').map_or(jars.version, |(major, _)| major)
}

/// The command that starts it.
pub(crate) fn command(ports: Ports, jars: &SearchJars, heap: &str, paths: &Paths) -> Command {
    let mut command = Command::new(jars.jdk.home.join("bin/java"));
    command.args([format!("-Xms{heap}"), format!("-Xmx{heap}")]);
    command.args([
        "-Xss1m",
        "-XX:+UseG1GC",
        "-XX:G1ReservePercent=25",
        "-XX:InitiatingHeapOccupancyPercent=30",
        "-XX:+ExitOnOutOfMemoryError",
        "-Dfile.encoding=UTF-8",
        "-Djava.awt.headless=true",
        "-Dlog4j.shutdownHookEnabled=false",
        "-Dlog4j2.disable.jmx=true",
        "-Djava.util.logging.manager=org.apache.logging.log4j.jul.LogManager",
        "-Dslf4j.internal.verbosity=ERROR",
        "-Dio.netty.noUnsafe=true",
        "-Dio.netty.noKeySetOptimization=true",
        "-Dio.netty.allocator.numDirectArenas=0",
    ]);
    let log_settings = paths.root.join("local/opensearch/log4j2.properties");
    command.arg(format!("-Dlog4j2.configurationFile={}", log_settings.display()));
    command.arg(format!("-Djava.io.tmpdir={}", paths.home.join("tmp").display()));
    if jars.jdk.major >= 21 {
        command.args(["--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"]);
    }
    command.arg("-cp").arg(jars.folder.join("*")).arg(launcher(paths)).arg(data(major(jars), paths));
    command.args([
        "cluster.name=souk-local",
        "node.name=node-1",
        "discovery.type=single-node",
        "network.host=127.0.0.1",
    ]);
    command.args([format!("http.port={}", ports.search).as_str(), "transport.port=0"]);
    command.arg("cluster.routing.allocation.disk.threshold_enabled=false");
    command.current_dir(&paths.home);
    command
}

/// The data folder of a node.
pub(crate) fn data(major: &str, paths: &Paths) -> PathBuf {
    paths.home.join(format!("search-{major}"))
}

fn launcher(paths: &Paths) -> String {
    paths.root.join("local/opensearch/Launcher.java").display().to_string()
}
