"""What Vigie shows on paper: charts now, the monthly report with the contracts."""
