import threading

from kb_app.metrics import Metrics


def test_requests_are_counted_by_route_and_status():
    metrics = Metrics()
    for status in (200, 200, 400):
        metrics.observe("api.search", status, 0.01)
    text = metrics.render({})
    assert 'lanewise_requests_total{route="api.search",status="200"} 2' in text
    assert 'lanewise_requests_total{route="api.search",status="400"} 1' in text


def test_durations_stand_in_every_bucket_that_they_fit():
    metrics = Metrics()
    for seconds in (0.004, 0.005, 0.3, 9.0):
        metrics.observe("site", 200, seconds)
    lines = metrics.render({}).splitlines()
    name = 'lanewise_request_seconds_bucket{route="site"'
    assert f'{name},le="0.005"}} 2' in lines
    assert f'{name},le="0.25"}} 2' in lines
    assert f'{name},le="0.5"}} 3' in lines
    assert f'{name},le="+Inf"}} 4' in lines
    assert 'lanewise_request_seconds_sum{route="site"} 9.309000' in lines
    assert 'lanewise_request_seconds_count{route="site"} 4' in lines


def test_gauges_stand_with_their_type():
    assert Metrics().render({"lanewise_passages": 812.0}).splitlines()[-2:] == [
        "# TYPE lanewise_passages gauge",
        "lanewise_passages 812",
    ]


def test_threads_lose_no_count():
    metrics = Metrics()

    def count() -> None:
        for _ in range(2000):
            metrics.observe("site", 200, 0.001)

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 'lanewise_requests_total{route="site",status="200"} 8000' in metrics.render({})
