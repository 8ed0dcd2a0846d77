"""What runs on this machine: devices and memory, and (later) the catalogue of models."""
