"""Where bytes are kept: ``folder`` or ``s3``, chosen by ``STORAGES`` of the settings; both have what ``base.Store`` names."""
