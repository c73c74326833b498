/**
 * The window state of libs/detection (`window-state.ts`, with the reasoning) in Lua: for each key read, absorb the
 * batch's delta, answer, thin, write. One call moves all keys of one tenant.
 *
 * KEYS[n]: a window key. ARGV[1]: MessagePack of one array for each key: window (ms), threshold, distinct (0 or 1),
 * room for evidence (entries), time to live (s), starts, entries. Starts are flat pairs (from, to), entries flat
 * fives (time, id, key, class, weight), both sorted by time; times count from the segment's base, which keeps them
 * below 2^31 (5 bytes). A key's value is MessagePack of starts and entries, one after the other.
 *
 * The answer is MessagePack of a flat list of triples: index of the key from 0, starts, members (flat pairs: time,
 * id). Keys where no window of the delta's observations qualifies are left out.
 */
export const WINDOW_SCRIPT = `
local unpack, pack, call = cmsgpack.unpack, cmsgpack.pack, redis.call

local function union(a, b)
  if #a == 0 then return b end
  if #b == 0 then return a end
  local out, last, i, j = {}, 0, 1, 1
  while a[i] or b[j] do
    local from, to
    if not b[j] or (a[i] and a[i] <= b[j]) then
      from, to, i = a[i], a[i + 1], i + 2
    else
      from, to, j = b[j], b[j + 1], j + 2
    end
    if last == 0 or from > out[last] then
      out[last + 1], out[last + 2] = from, to
      last = last + 2
    elseif to > out[last] then
      out[last] = to
    end
  end
  return out
end

local function covered(starts, time, window)
  for i = 1, #starts, 2 do
    if starts[i] <= time - window and time <= starts[i + 1] then return true end
  end
  return false
end

local function most(classes)
  local max = 0
  for _, sum in pairs(classes) do
    if sum > max then max = sum end
  end
  return max
end

local function qualifying(entries, window, threshold, distinct)
  local found, last, count, left, first, keys = {}, 0, 0, 1, nil, {}
  local function add(at, weight)
    local key, class = entries[at + 2], entries[at + 3]
    local classes = keys[key]
    if not classes then
      classes = {}
      keys[key] = classes
    end
    local before = most(classes)
    classes[class] = (classes[class] or 0) + weight
    local after = most(classes)
    if distinct then
      if before > 1 then before = 1 end
      if after > 1 then after = 1 end
    end
    count = count + after - before
  end
  for right = 1, #entries, 5 do
    add(right, entries[right + 4])
    while count >= threshold do
      first = entries[left]
      add(left, -entries[left + 4])
      left = left + 5
    end
    local start = entries[right] - window
    if first and start <= first then
      if last == 0 or start > found[last] then
        found[last + 1], found[last + 2] = start, first
        last = last + 2
      elseif first > found[last] then
        found[last] = first
      end
    end
  end
  return found
end

local function merge(a, b)
  local out, n, i, j, enda, endb = {}, 0, 1, 1, #a, #b
  while i < enda or j < endb do
    local from, at
    if j > endb or (i < enda and a[i] <= b[j]) then
      from, at, i = a, i, i + 5
    else
      from, at, j = b, j, j + 5
    end
    out[n + 1], out[n + 2], out[n + 3], out[n + 4], out[n + 5] =
      from[at], from[at + 1], from[at + 2], from[at + 3], from[at + 4]
    n = n + 5
  end
  return out
end

local function filter(entries, drops)
  local out, n = {}, 0
  for at = 1, #entries, 5 do
    if not drops(at) then
      for i = 0, 4 do out[n + i + 1] = entries[at + i] end
      n = n + 5
    end
  end
  return out
end

local function without_between(entries, window)
  local before, last, dropped, any = {}, {}, {}, false
  for at = 1, #entries, 5 do
    local key = entries[at + 2]
    local m = last[key]
    if m then
      local p = before[key]
      if p and entries[at] - entries[p] <= window then
        dropped[m] = true
        any = true
      else
        before[key] = m
      end
    end
    last[key] = at
  end
  if not any then return entries end
  return filter(entries, function(at) return dropped[at] end)
end

local function same(a, b)
  if #a ~= #b then return false end
  for i = 1, #a do
    if a[i] ~= b[i] then return false end
  end
  return true
end

local function answer(out, index, starts, entries, delta, delta_starts, window)
  local touched = #delta_starts > 0
  if not touched then
    for at = 1, #delta, 5 do
      for i = 1, #starts, 2 do
        if starts[i] <= delta[at] and delta[at] <= starts[i + 1] + window then touched = true end
      end
    end
  end
  if not touched then return end
  local members, n = {}, 0
  for at = 1, #entries, 5 do
    members[n + 1], members[n + 2] = entries[at], entries[at + 1]
    n = n + 2
  end
  local last = #out
  out[last + 1], out[last + 2], out[last + 3] = index, starts, members
end

local ops, out = unpack(ARGV[1]), {}
for index, name in ipairs(KEYS) do
  local op = ops[index]
  local window, threshold, distinct, room, ttl = op[1], op[2], op[3] == 1, op[4], op[5]
  local delta_starts, delta = op[6], op[7]
  local raw = call('GET', name)
  local old_starts, entries = {}, {}
  if raw then old_starts, entries = unpack(raw) end

  local starts, fresh = union(old_starts, delta_starts), delta
  if raw then
    local seen = {}
    for at = 2, #entries, 5 do seen[entries[at]] = true end
    fresh = filter(delta, function(at) return seen[delta[at + 1]] or covered(starts, delta[at], window) end)
    if #fresh > 0 then
      entries = #entries == 0 and fresh or merge(entries, fresh)
      local weight = 0
      for at = 5, #entries, 5 do weight = weight + entries[at] end
      if weight >= threshold then starts = union(starts, qualifying(entries, window, threshold, distinct)) end
    end
  else
    entries = delta
  end

  if #starts > 0 then answer(out, index - 1, starts, entries, delta, delta_starts, window) end
  if #fresh > 0 or not same(starts, old_starts) then
    if distinct and raw then entries = without_between(entries, window) end
    if #starts > 0 and #entries > room * 5 then
      local all = entries
      entries = filter(all, function(at) return covered(starts, all[at], window) end)
    end
    call('SET', name, pack(starts, entries), 'EX', ttl)
  end
end
return pack(out)
`;
