UPDATE object SET project = NULL, address = NULL, declared = NULL, applied = NULL WHERE address = 'catalog/marketing';
