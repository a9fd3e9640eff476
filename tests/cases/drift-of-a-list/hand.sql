INSERT INTO version (id, object, run, action, address, before, body)
  SELECT (SELECT max(id) FROM version) + 1, o.id, 1, 'update', o.address, o.version, json_set(v.body, '$.domains', json('["fabrikam.com", "tailspin.example"]'))
  FROM object o JOIN version v ON v.id = o.version WHERE o.address = 'organization/fabrikam';
UPDATE object SET version = (SELECT max(id) FROM version) WHERE address = 'organization/fabrikam';
