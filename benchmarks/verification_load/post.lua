-- Sends the bodies of a file, each once; wrk calls done() at the end. arguments: file, bearer token (or -)
local bodies, sent = {}, 0
function init(args)
  for line in io.lines(args[1]) do bodies[#bodies + 1] = line end
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
  if args[2] ~= "-" then wrk.headers["Authorization"] = "Bearer " .. args[2] end
end
function request()
  sent = sent + 1
  return wrk.format(nil, nil, nil, bodies[sent] or "{}")
end
function done(summary, latency)
  local bad = summary.errors
  io.write(string.format(
    'RESULT {"requests": %d, "us": %d, "p50_us": %d, "p99_us": %d, "max_us": %d, "not_2xx": %d, "broken": %d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), latency.max,
    bad.status, bad.connect + bad.read + bad.write + bad.timeout))
end
