"""What runs on this machine: devices and memory, the catalogue of models, what is on disk."""
