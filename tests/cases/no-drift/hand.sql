UPDATE object SET version = version;
