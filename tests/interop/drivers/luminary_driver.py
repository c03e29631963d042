"""luminarycloud: lists pipelines and their jobs, over REST.

The client reads LC_DOMAIN and LC_API_KEY. Its gRPC part needs HTTP/2, which the
server does not speak.
"""

from luminarycloud.pipelines.api import iterate_pipeline_jobs, iterate_pipelines

from outcome import tell


def call() -> object:
    return {"listed": len([*iterate_pipelines(), *iterate_pipeline_jobs()])}


tell(call)
