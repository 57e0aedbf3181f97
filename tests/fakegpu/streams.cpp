// Streams, events and graphs. A stream runs what it holds when somebody waits for it, so that host memory
// which is gone by then shows.
#include "device.hpp"

#include <memory>
#include <utility>

struct CUgraph_st {
  std::vector<fakegpu::Work> works;
};
struct CUgraphExec_st {
  std::vector<fakegpu::Work> works;
};
struct CUstream_st {
  std::vector<fakegpu::Work> waiting;
  std::unique_ptr<CUgraph_st> captured;  // while it is
};
struct CUevent_st {
  double reached = -1.0;
};

namespace {

double now = 0.0;
bool faulty = false;
std::vector<CUstream> streams;

void run_all() {
  for (CUstream stream : streams) {
    for (const fakegpu::Work& work : std::exchange(stream->waiting, {})) {
      now += work.seconds;
      work.run();
    }
  }
}

bool is_stream(CUstream stream) { return fakegpu::is_alive("stream", stream); }

CUresult wait_for_all() {
  run_all();
  return faulty ? CUDA_ERROR_ILLEGAL_ADDRESS : CUDA_SUCCESS;
}

fakegpu::Work reach(CUevent event) {
  return {0.0, [event] { event->reached = now; }};
}

}  // namespace

void fakegpu::enqueue(CUstream stream, Work work) {
  auto& works = stream->captured != nullptr ? stream->captured->works : stream->waiting;
  works.push_back(std::move(work));
}

void fakegpu::fault() { faulty = true; }

CUresult cuStreamCreate(CUstream* stream, unsigned) {
  if (!fakegpu::begin_call("cuStreamCreate")) return CUDA_ERROR_UNKNOWN;
  *stream = new CUstream_st;
  streams.push_back(*stream);
  fakegpu::hand_out("stream", *stream);
  return CUDA_SUCCESS;
}

CUresult cuStreamDestroy(CUstream stream) {
  const bool works = fakegpu::begin_call("cuStreamDestroy");
  if (!fakegpu::take_back("stream", stream)) return CUDA_ERROR_INVALID_HANDLE;
  run_all();
  std::erase(streams, stream);
  delete stream;
  return works ? CUDA_SUCCESS : CUDA_ERROR_UNKNOWN;
}

CUresult cuStreamSynchronize(CUstream stream) {
  if (stream == nullptr) return wait_for_all();  // for this library's own use
  if (!fakegpu::begin_call("cuStreamSynchronize")) return run_all(), CUDA_ERROR_UNKNOWN;
  if (!is_stream(stream)) return CUDA_ERROR_INVALID_HANDLE;
  if (stream->captured != nullptr) return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
  return wait_for_all();
}

CUresult cuLaunchHostFunc(CUstream stream, CUhostFn function, void* argument) {
  if (!fakegpu::begin_call("cuLaunchHostFunc")) return CUDA_ERROR_UNKNOWN;
  fakegpu::enqueue(stream, {0.0, [=] { function(argument); }});
  return CUDA_SUCCESS;
}

CUresult cuEventCreate(CUevent* event, unsigned) {
  if (!fakegpu::begin_call("cuEventCreate")) return CUDA_ERROR_UNKNOWN;
  *event = new CUevent_st;
  fakegpu::hand_out("event", *event);
  return CUDA_SUCCESS;
}

CUresult cuEventDestroy(CUevent event) {
  const bool works = fakegpu::begin_call("cuEventDestroy");
  if (!fakegpu::take_back("event", event)) return CUDA_ERROR_INVALID_HANDLE;
  run_all();
  delete event;
  return works ? CUDA_SUCCESS : CUDA_ERROR_UNKNOWN;
}

CUresult cuEventRecord(CUevent event, CUstream stream) {
  if (!fakegpu::begin_call("cuEventRecord")) return CUDA_ERROR_UNKNOWN;
  if (stream->captured != nullptr)
    return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;  // it would be no node that times
  fakegpu::enqueue(stream, reach(event));
  return CUDA_SUCCESS;
}

CUresult cuEventRecordWithFlags(CUevent event, CUstream stream, unsigned flags) {
  if (!fakegpu::begin_call("cuEventRecordWithFlags")) return CUDA_ERROR_UNKNOWN;
  if (flags != CU_EVENT_RECORD_EXTERNAL) return CUDA_ERROR_INVALID_VALUE;
  fakegpu::enqueue(stream, reach(event));
  return CUDA_SUCCESS;
}

CUresult cuEventSynchronize(CUevent event) {
  if (!fakegpu::begin_call("cuEventSynchronize")) return CUDA_ERROR_UNKNOWN;
  if (!fakegpu::is_alive("event", event)) return CUDA_ERROR_INVALID_HANDLE;
  return wait_for_all();
}

CUresult cuEventElapsedTime(float* milliseconds, CUevent begin, CUevent end) {
  constexpr double milli = 1e3;
  if (!fakegpu::begin_call("cuEventElapsedTime")) return CUDA_ERROR_UNKNOWN;
  if (begin->reached < 0.0 || end->reached < 0.0) return CUDA_ERROR_NOT_READY;
  *milliseconds = static_cast<float>((end->reached - begin->reached) * milli);
  return CUDA_SUCCESS;
}

CUresult cuStreamBeginCapture(CUstream stream, CUstreamCaptureMode) {
  if (!fakegpu::begin_call("cuStreamBeginCapture")) return CUDA_ERROR_UNKNOWN;
  if (stream->captured != nullptr) return CUDA_ERROR_ILLEGAL_STATE;
  stream->captured = std::make_unique<CUgraph_st>();
  return CUDA_SUCCESS;
}

CUresult cuStreamEndCapture(CUstream stream, CUgraph* graph) {
  const bool works = fakegpu::begin_call("cuStreamEndCapture");
  if (stream->captured == nullptr) return CUDA_ERROR_ILLEGAL_STATE;
  const auto captured = std::exchange(stream->captured, nullptr);
  *graph = nullptr;
  if (!works) return CUDA_ERROR_UNKNOWN;
  *graph = new CUgraph_st{*captured};
  fakegpu::hand_out("graph", *graph);
  return CUDA_SUCCESS;
}

CUresult cuGraphDestroy(CUgraph graph) {
  const bool works = fakegpu::begin_call("cuGraphDestroy");
  if (!fakegpu::take_back("graph", graph)) return CUDA_ERROR_INVALID_HANDLE;
  delete graph;
  return works ? CUDA_SUCCESS : CUDA_ERROR_UNKNOWN;
}

CUresult cuGraphInstantiateWithFlags(CUgraphExec* ready, CUgraph graph, unsigned long long) {
  if (!fakegpu::begin_call("cuGraphInstantiateWithFlags")) return CUDA_ERROR_UNKNOWN;
  *ready = new CUgraphExec_st{graph->works};
  fakegpu::hand_out("graph, ready to run", *ready);
  return CUDA_SUCCESS;
}

CUresult cuGraphExecDestroy(CUgraphExec ready) {
  const bool works = fakegpu::begin_call("cuGraphExecDestroy");
  if (!fakegpu::take_back("graph, ready to run", ready)) return CUDA_ERROR_INVALID_HANDLE;
  run_all();
  delete ready;
  return works ? CUDA_SUCCESS : CUDA_ERROR_UNKNOWN;
}

CUresult cuGraphUpload(CUgraphExec, CUstream) {
  return fakegpu::begin_call("cuGraphUpload") ? CUDA_SUCCESS : CUDA_ERROR_UNKNOWN;
}

CUresult cuGraphLaunch(CUgraphExec ready, CUstream stream) {
  if (!fakegpu::begin_call("cuGraphLaunch")) return CUDA_ERROR_UNKNOWN;
  for (const fakegpu::Work& work : ready->works) fakegpu::enqueue(stream, work);
  return CUDA_SUCCESS;
}
