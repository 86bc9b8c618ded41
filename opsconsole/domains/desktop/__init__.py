"""What Desktop watches: printers and their queues, phones and meeting rooms."""
