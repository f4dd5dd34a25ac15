import org.codelibs.opensearch.runner.OpenSearchRunner;

/** One node of OpenSearch, on this machine only, until it is killed. Arguments: its folder, its HTTP port. */
public class OpenSearchNode {
    public static void main(String[] args) throws Exception {
        OpenSearchRunner.Configs configs = OpenSearchRunner.newConfigs().basePath(args[0]).numOfNode(1);
        new OpenSearchRunner().onBuild((number, settings) -> {
            settings.put("network.host", "127.0.0.1");
            settings.put("http.port", args[1]);
            settings.put("transport.port", "0");
            settings.put("discovery.type", "single-node");
            // Without the role of ingest, a request with a pipeline is answered with 500.
            settings.putList("node.roles", "cluster_manager", "data", "ingest");
            // On a disk that is nearly full it would refuse all writes.
            settings.put("cluster.routing.allocation.disk.threshold_enabled", false);
        }).build(configs);
        Thread.currentThread().join();
    }
}
