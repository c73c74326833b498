/**
 * The window state of libs/detection (`window-state.ts`, with the reasoning) in Lua: for each key read, absorb the
 * batch's delta, answer, thin, write. One call moves all keys of one tenant.
 *
 * KEYS[n]: a window key. ARGV[1]: MessagePack of {specs, deltas}. A spec is window (ms), threshold, mode (0 sum, 1
 * distinct, 2 trail), time to live (s), slot (ms), most entries of a trail. A delta, one for each key, is number of its spec from 1, starts, entries. Starts are flat
 * pairs (from, to), entries flat fives (time, id, key, class, weight), both sorted by time; times count from the
 * segment's base, which keeps them below 2^31 (5 bytes). A key's value is MessagePack of starts and entries, one
 * after the other.
 *
 * The answer is MessagePack of a flat list of fours: index of the key from 0, starts, members (flat pairs: time,
 * id), marks (flat threes: time, id, key; entries of weight 0, so all of a trail). Keys where no window of the delta's
 * observations qualifies are left out, trails never.
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

-- What a key counts: a number while it has one class, else a table of sums by class.
local function most(sums)
  if type(sums) == 'number' then return sums end
  local max = 0
  for _, sum in pairs(sums) do
    if sum > max then max = sum end
  end
  return max
end

local function qualifying(entries, from, to, window, threshold, distinct)
  local found, last, count, left, first = {}, 0, 0, from, nil
  local sums, class_of = {}, {}
  local function add(at, weight)
    local key, class = entries[at + 2], entries[at + 3]
    local sum = sums[key]
    local before, after
    if not sum then
      before, after = 0, weight
      sums[key], class_of[key] = weight, class
    elseif type(sum) == 'number' and class_of[key] == class then
      before, after = sum, sum + weight
      sums[key] = after
    else
      before = most(sum)
      if type(sum) == 'number' then
        sum = { [class_of[key]] = sum }
        sums[key] = sum
      end
      sum[class] = (sum[class] or 0) + weight
      after = most(sum)
    end
    if distinct then
      if before > 1 then before = 1 end
      if after > 1 then after = 1 end
    end
    count = count + after - before
  end
  for right = from, to, 5 do
    add(right, entries[right + 4])
    while count >= threshold do
      first = entries[left]
      add(left, -entries[left + 4])
      left = left + 5
    end
    if first then
      local start = entries[right] - window
      if start <= first then
        if last == 0 or start > found[last] then
          found[last + 1], found[last + 2] = start, first
          last = last + 2
        elseif first > found[last] then
          found[last] = first
        end
      end
    end
  end
  return found
end

-- The latest time from which on the entries reach the threshold, if that is less than a window before their end.
local function latest_start(entries, window, threshold, distinct)
  local sums, best, count, last = {}, {}, 0, #entries - 4
  for at = last, 1, -5 do
    if entries[last] - entries[at] > window then return nil end
    local key, class, weight = entries[at + 2], entries[at + 3], entries[at + 4]
    if distinct then
      if weight > 0 and not sums[key] then
        sums[key] = true
        count = count + 1
      end
    else
      local classes = sums[key]
      if not classes then
        sums[key], best[key] = { [class] = weight }, weight
        count = count + weight
      else
        local sum = (classes[class] or 0) + weight
        classes[class] = sum
        if sum > best[key] then
          count = count + sum - best[key]
          best[key] = sum
        end
      end
    end
    if count >= threshold then return entries[at] end
  end
  return nil
end

local function copy(out, n, from, at)
  out[n + 1], out[n + 2], out[n + 3], out[n + 4], out[n + 5] =
    from[at], from[at + 1], from[at + 2], from[at + 3], from[at + 4]
  return n + 5
end

local function merge(a, b)
  local out, n, i, j, enda, endb = {}, 0, 1, 1, #a, #b
  if enda == 0 then return b end
  -- In order of time, the ordinary case: append. The caller needs the old list no more.
  if b[1] >= a[enda - 4] then
    for at = 1, endb, 5 do enda = copy(a, enda, b, at) end
    return a
  end
  while i < enda or j < endb do
    if j > endb or (i < enda and a[i] <= b[j]) then
      n, i = copy(out, n, a, i), i + 5
    else
      n, j = copy(out, n, b, j), j + 5
    end
  end
  return out
end

-- The entries of the delta that the key doesn't hold and that can still change something.
local function unknown(delta, entries, starts, window)
  local out, n, ids = {}, 0, nil
  if #delta > 40 then
    ids = {}
    for at = 2, #entries, 5 do ids[entries[at]] = true end
  end
  for at = 1, #delta, 5 do
    local time, id = delta[at], delta[at + 1]
    local known = covered(starts, time, window)
    if not known then
      if ids then
        known = ids[id]
      else
        for held = 1, #entries, 5 do
          if entries[held] == time and entries[held + 1] == id then
            known = true
            break
          end
        end
      end
    end
    if not known then n = copy(out, n, delta, at) end
  end
  return out
end

local function has_marks(entries)
  for at = 5, #entries, 5 do
    if entries[at] == 0 then return true end
  end
  return false
end

local function without_between(entries, slot, marks_alone)
  local before, last, dropped, any = {}, {}, {}, false
  for at = 1, #entries, 5 do
    if not marks_alone or entries[at + 4] == 0 then
      local key = entries[at + 2]
      local m = last[key]
      if m then
        local p = before[key]
        if p and entries[at] - entries[p] <= slot then
          dropped[m] = true
          any = true
        else
          before[key] = m
        end
      end
      last[key] = at
    end
  end
  if not any then return entries end
  local out, n = {}, 0
  for at = 1, #entries, 5 do
    if not dropped[at] then n = copy(out, n, entries, at) end
  end
  return out
end

local function without_covered(entries, starts, window)
  local out, n, size = nil, 0, #entries
  for at = 1, size, 5 do
    if covered(starts, entries[at], window) then
      if not out then
        out = {}
        for before = 1, at - 1, 5 do n = copy(out, n, entries, before) end
      end
    elseif out then
      n = copy(out, n, entries, at)
    end
  end
  return out or entries
end

-- The last ones: a trail has a bound.
local function latest(entries, most)
  if #entries <= most * 5 then return entries end
  local out, n = {}, 0
  for at = #entries - most * 5 + 1, #entries, 5 do n = copy(out, n, entries, at) end
  return out
end

local function same(a, b)
  if #a ~= #b then return false end
  for i = 1, #a do
    if a[i] ~= b[i] then return false end
  end
  return true
end

local function touches(delta, starts, window)
  for at = 1, #delta, 5 do
    local reach = window
    if delta[at + 4] == 0 then reach = 2 * window end
    for i = 1, #starts, 2 do
      if starts[i] <= delta[at] and delta[at] <= starts[i + 1] + reach then return true end
    end
  end
  return false
end

local input, out, answers = unpack(ARGV[1]), {}, 0
local specs, deltas = input[1], input[2]
for index = 1, #KEYS do
  local name, op = KEYS[index], deltas[index]
  local spec, delta_starts, delta = specs[op[1]], op[2], op[3]
  local window, threshold, distinct, trail = spec[1], spec[2], spec[3] == 1, spec[3] == 2
  local raw = call('GET', name)
  local old_starts, starts, entries, fresh = nil, delta_starts, delta, delta
  if raw then
    old_starts, entries = unpack(raw)
    starts = union(old_starts, delta_starts)
    fresh = unknown(delta, entries, starts, window)
    local size = #fresh
    if size > 0 then
      local in_order = #entries > 0 and fresh[1] >= entries[#entries - 4]
      entries = merge(entries, fresh)
      local n = #starts
      -- An attack goes on: each new window starts in the last span or after it, so all that can change is where that ends.
      local goes_on = in_order and n > 0 and starts[n - 1] <= fresh[1] - window and fresh[size - 4] - window <= starts[n]
      if goes_on then
        local start = latest_start(entries, window, threshold, distinct)
        if start and start > starts[n] then
          starts = union(starts, { starts[n], start })
        end
      else
        -- Only windows that contain a fresh entry can qualify anew.
        local from, to, weight = 1, #entries - 4, 0
        local low, high = fresh[1] - window, fresh[size - 4] + window
        while entries[from] < low do from = from + 5 end
        while entries[to] > high do to = to - 5 end
        for at = from + 4, to + 4, 5 do weight = weight + entries[at] end
        if weight >= threshold then
          starts = union(starts, qualifying(entries, from, to, window, threshold, distinct))
        end
      end
    end
  end

  if trail or (#starts > 0 and (#delta_starts > 0 or touches(delta, starts, window))) then
    local members, n, marks, m = {}, 0, {}, 0
    for at = 1, #entries, 5 do
      if entries[at + 4] == 0 then
        marks[m + 1], marks[m + 2], marks[m + 3] = entries[at], entries[at + 1], entries[at + 2]
        m = m + 3
      else
        members[n + 1], members[n + 2] = entries[at], entries[at + 1]
        n = n + 2
      end
    end
    out[answers + 1], out[answers + 2], out[answers + 3], out[answers + 4] = index - 1, starts, members, marks
    answers = answers + 4
  end

  if not raw then
    call('SET', name, pack(starts, entries), 'EX', spec[4])
  elseif #fresh > 0 or not same(starts, old_starts) then
    if distinct or trail then
      entries = without_between(entries, spec[5], false)
    elseif has_marks(entries) then
      entries = without_between(entries, spec[5], true)
    end
    if trail then
      entries = latest(entries, spec[6])
    elseif #starts > 0 then
      entries = without_covered(entries, starts, window)
    end
    call('SET', name, pack(starts, entries), 'EX', spec[4])
  end
end
return pack(out)
`;
