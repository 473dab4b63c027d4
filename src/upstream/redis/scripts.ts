/** Begins a script: the time by Redis's own clock, and a look at a key that drops whatever is not of the kind it should be. */
export const beginning = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function expect(kind, key)
  local found = redis.call('TYPE', key).ok
  if found ~= kind and found ~= 'none' then redis.call('DEL', key) end
end
`

/** Does a little of all that the others do, to see whether it is allowed. */
export const tryOut = `
redis.call('TIME')
return redis.call('SET', KEYS[1], '', 'PX', 1000)
`
