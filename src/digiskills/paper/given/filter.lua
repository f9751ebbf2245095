-- Fills numbers in: [](ds:exhibit:row) becomes the number, [23%](ds:exhibit:row) stays and is compared.
-- pandoc --lua-filter numbers.lua, or in Quarto: filters: [numbers.lua]

local function fail(message)
  io.stderr:write("digiskills: " .. message .. "\n")
  os.exit(1)
end

-- In Word the number stands in a content control, which digiskills paper check finds and no reader sees.
local function control(text, tag, name)
  local function xml(given)
    return (given:gsub("&", "&amp;"):gsub("<", "&lt;"):gsub(">", "&gt;"):gsub('"', "&quot;"))
  end
  return pandoc.RawInline("openxml",
    '<w:sdt><w:sdtPr><w:alias w:val="' .. xml(name:sub(1, 64)) .. '"/><w:tag w:val="' .. tag
    .. '"/></w:sdtPr><w:sdtContent><w:r><w:t xml:space="preserve">' .. xml(text)
    .. '</w:t></w:r></w:sdtContent></w:sdt>')
end

function Link(link)
  local name = link.target:match("^ds:(.+)$")
  if not name then return nil end
  local number = known[name]
  if not number then
    local row = name:match("^([^:]+:[^:]+)")
    if row and withheld[row] then fail(name .. " is withheld: too few answers stand behind it") end
    fail("there is no number " .. name .. "; numbers.json lists what there is")
  end
  local typed = pandoc.utils.stringify(link.content)
  if typed ~= "" and typed:gsub("\u{a0}", " ") ~= number[1]:gsub("\u{a0}", " ") then
    io.stderr:write("digiskills: " .. name .. " is " .. number[1] .. ", and " .. typed .. " is typed\n")
  end
  local text = typed ~= "" and typed or number[1]
  if FORMAT == "docx" then return control(text, number[2], name) end
  return pandoc.Str(text)
end
