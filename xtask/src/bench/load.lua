-- Repeats requests that were signed beforehand. Arguments: a folder, and how many files 1, 2, .. it holds.
local requests, place = {}, 0

function init(args)
  for number = 1, tonumber(args[2]) do
    local file = assert(io.open(args[1] .. "/" .. number, "rb"))
    requests[number] = file:read("*a")
    file:close()
  end
end

function request()
  place = place % #requests + 1
  return requests[place]
end

function done(summary, latency)
  local errors = summary.errors
  local broken = errors.connect + errors.read + errors.write + errors.timeout
  io.write(string.format("measured %d %d %d %d %d %d\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), errors.status, broken))
end
