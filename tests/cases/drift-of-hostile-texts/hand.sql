INSERT INTO version (id, object, run, action, address, before, body)
  SELECT (SELECT max(id) FROM version) + 1, o.id, 1, 'update', o.address, o.version, json_set(v.body, '$.description', '::error::@team <b>`x`</b> ##vso[task.complete] [a](https://b.example) jane@fabrikam.com ' || char(8238) || 'x ' || char(27) || '[2J')
  FROM object o JOIN version v ON v.id = o.version WHERE o.address = 'organization/fabrikam';
UPDATE object SET version = (SELECT max(id) FROM version) WHERE address = 'organization/fabrikam';
