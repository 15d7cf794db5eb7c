module spanwise/lab

go 1.26
