module spanwise/pricing

go 1.26
