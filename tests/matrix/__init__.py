"""The privilege matrix: for each service a file with one sample for every row of its table."""
