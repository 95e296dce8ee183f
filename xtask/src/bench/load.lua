-- Repeats requests that were signed beforehand. Arguments: a folder, how many files 1, 2, .. it holds, and how many
-- threads share them.
local threads = 0

function setup(thread)
  threads = threads + 1
  thread:set("first", threads)
end

local function read(folder, number)
  local file = assert(io.open(folder .. "/" .. number, "rb"))
  local text = file:read("*a")
  file:close()
  return text
end

-- A request that never changes is told to wrk itself: asked for a long one, wrk asks again whenever the socket is full.
local function fix(text)
  local head, body = text:match("^(.-\r\n)\r\n(.*)$")
  wrk.method, wrk.path = head:match("^(%S+) (%S+)")
  for name, value in head:gmatch("\r\n([^:\r\n]+): ([^\r\n]*)") do
    wrk.headers[name == "host" and "Host" or name == "content-length" and "Content-Length" or name] = value
  end
  wrk.body = #body > 0 and body or nil
end

function init(args)
  local requests, place = {}, 0
  for number = first, tonumber(args[2]), tonumber(args[3]) do
    requests[#requests + 1] = read(args[1], number)
  end
  if #requests == 1 then return fix(requests[1]) end
  function request()
    place = place % #requests + 1
    return requests[place]
  end
end

function done(summary, latency)
  local errors = summary.errors
  local broken = errors.connect + errors.read + errors.write + errors.timeout
  io.write(string.format("measured %d %d %d %d %d %d\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), errors.status, broken))
end
