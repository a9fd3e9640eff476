UPDATE object SET project = 'portal', address = 'organization/l' WHERE address = 'organization/litware';
