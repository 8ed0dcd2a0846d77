"""The engine contract and the engines that read pages, each in its own process."""
