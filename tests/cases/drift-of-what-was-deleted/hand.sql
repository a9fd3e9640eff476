DELETE FROM object WHERE address = 'organization/litware';
